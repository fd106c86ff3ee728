import schema from '../../schemas/run-event.json';
import { runEventJsonSchema } from '../../statemachine/events/run-event';

it('the JSON Schema of the package is made of the one in the code: `npm run schemas` writes it', () => {
  expect(schema).toEqual(runEventJsonSchema());
});

it('the JSON Schema lets fields be added', () => {
  expect(JSON.stringify(schema)).not.toContain('additionalProperties');
});
