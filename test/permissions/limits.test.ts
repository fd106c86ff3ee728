import { PROBE_NAME } from '../../statemachine/contract';
import { findGrants } from './evaluate';
import type { Roles } from './role-permissions';
import { readRoles } from './roles';

const roles = readRoles();
const production = 'arn:aws:s3:::the-destination/site/index.html';
const probe = `arn:aws:s3:::the-destination/site/${PROBE_NAME}1`;
const report = 'arn:aws:s3:::the-reports/runs/a-run/summary.json';

/** Whatever a request can say of itself. */
const CONTEXTS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 's3:if-none-match': '*' },
  { 's3:if-match': '"etag"' },
  { 's3:if-match': '*' },
  { 's3:ObjectCreationOperation': 'true' },
  { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' },
  { 's3:ObjectCreationOperation': 'false' },
];

async function allowed(role: keyof Roles, action: string, resource: string): Promise<object[]> {
  const grants = await Promise.all(CONTEXTS.map((context) => findGrants(roles[role], { action, resource, context })));
  return CONTEXTS.filter((_context, index) => (grants[index] ?? []).length > 0);
}

it.each([
  's3:DeleteObject',
  's3:DeleteObjectVersion',
  's3:PutObject',
  's3:PutObjectTagging',
  's3:PutObjectAcl',
  's3:AbortMultipartUpload',
])('does not let ValidateInput do %s to an object of the destination, under any condition', async (action) => {
  expect(await allowed('ValidateInput', action, production)).toEqual([]);
});

it('lets ValidateInput write only to trial names of its own, and delete there only with the ETag', async () => {
  expect(await allowed('ValidateInput', 's3:PutObject', probe)).toEqual(CONTEXTS);
  expect(await allowed('ValidateInput', 's3:DeleteObject', probe)).toEqual([
    { 's3:if-match': '"etag"' },
    { 's3:if-match': '*' },
  ]);
});

it.each(['CopyRange', 'DeleteRange', 'FinishRun'] as const)(
  'lets %s write a report, and never overwrite one',
  async (role) => {
    expect(await allowed(role, 's3:PutObject', report)).toEqual(
      CONTEXTS.filter((context) => 's3:if-none-match' in context),
    );
  },
);

it('lets no role delete a report', async () => {
  for (const role of Object.keys(roles) as (keyof Roles)[]) {
    for (const action of ['s3:DeleteObject', 's3:DeleteObjectVersion']) {
      expect([role, await allowed(role, action, report)]).toEqual([role, []]);
    }
  }
});
