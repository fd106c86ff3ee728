import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { main } from '../../cli/main';

it('gives each address of every AWS service ten times as long to connect as Node.js does', async () => {
  const before = getDefaultAutoSelectFamilyAttemptTimeout();
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    expect(await main(['--version'])).toBe(0);

    expect(getDefaultAutoSelectFamilyAttemptTimeout()).toBe(2_500);
  } finally {
    write.mockRestore();
    setDefaultAutoSelectFamilyAttemptTimeout(before);
  }
});
