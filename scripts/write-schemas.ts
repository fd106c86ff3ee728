import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runEventJsonSchema } from '../statemachine/events/run-event';

/** Writes the JSON Schemas that the package has from those in the code. */
writeFileSync(join(__dirname, '../schemas/run-event.json'), `${JSON.stringify(runEventJsonSchema(), undefined, 2)}\n`);
