import { parseJson } from '../../../statemachine/input/parse-json';

it.each([
  ['{"maxDeletes":5,"source":"a","maxDeletes":5000}', '"maxDeletes"'],
  ['{"mirrors":[{"name":"A"},{"exclude":["a"], "exclude" :[]}]}', '"exclude"'],
  ['{"mirrors":[],"x":{"y":[1,{}]},"mirrors":[]}', '"mirrors"'],
  ['{"maxDeletes":5,"max\\u0044eletes":5000}', '"max\\u0044eletes"'],
  ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
])('rejects a field that occurs twice in one object: %s', (text, name) => {
  expect(() => parseJson(text)).toThrow(new SyntaxError(`the field ${name} occurs twice in one object`));
});

it.each([
  ['[{"a":1},{"a":2}]'],
  ['{"a":{"a":["a","a",":"]},"b":"a\\":"}'],
  ['{"a":"{\\"b\\":1,\\"b\\":2}"}'],
  ['"a"'],
  [' null '],
])('reads what JSON.parse reads: %s', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
});

it('reads a file that begins with a byte order mark', () => {
  expect(parseJson('\ufeff{"a":1}')).toEqual({ a: 1 });
});

it('rejects what is not JSON', () => {
  expect(() => parseJson('{"a":1,}')).toThrow(SyntaxError);
});
