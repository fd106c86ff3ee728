import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencies } from '../../examples/two-mirrors/package.json';
import { version } from '../../package.json';
import { releaseNotes } from '../../scripts/release-notes';

const CHANGELOG =
  '# Changelog\n\n## [Unreleased]\n\n- later\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- more\n\n## [0.1.0] - 2026-01-01\n\n- first\n';

describe('the notes of a release', () => {
  it('are the section of its version', () => {
    expect(releaseNotes('v0.2.0', '0.2.0', CHANGELOG)).toBe('### Added\n\n- more\n');
  });

  it.each([
    [
      'a tag of another version',
      'v0.3.0',
      '0.2.0',
      'Expected the tag v0.2.0, as package.json has version 0.2.0; got v0.3.0',
    ],
    [
      'a version that the changelog lacks',
      'v0.3.0',
      '0.3.0',
      'Expected CHANGELOG.md to have a section "## [0.3.0] - date"',
    ],
  ])('are refused for %s', (_what, tag, packaged, message) => {
    expect(() => releaseNotes(tag, packaged, CHANGELOG)).toThrow(message);
  });
});

it('the changelog has a section for what is not released yet', () => {
  expect(readFileSync(join(__dirname, '../../CHANGELOG.md'), 'utf8')).toMatch(/^## \[Unreleased\]$/m);
});

it('the example names the tarball of this version', () => {
  expect(dependencies.bucketsync).toBe(`file:../../bucketsync-${version}.tgz`);
});
