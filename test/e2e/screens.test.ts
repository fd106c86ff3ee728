import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hasTmux } from '../support/tmux-terminal';
import { recordFirstHour } from './screens/first-hour';

const SCREENS = resolve(__dirname, '../../docs/screens');
/** Written by `node --import ./bin/tsx.mjs test/e2e/record-screens.ts`. */
const recorded = readdirSync(SCREENS).filter((name) => name.endsWith('.txt'));

// without tmux there is no terminal whose screen could be read
(hasTmux() ? describe : describe.skip)(
  'the screens of the first hour, in a terminal of 80 and one of 120 columns',
  () => {
    let screens: Map<string, string>;
    beforeAll(async () => {
      screens = await recordFirstHour();
    });

    it('are those in docs/screens', () => {
      expect([...screens.keys()].sort()).toEqual(recorded.sort());
    });

    it.each(recorded)('shows %s as it stands there', (name) => {
      expect(screens.get(name)).toBe(readFileSync(join(SCREENS, name), 'utf8'));
    });
  },
);
