import { spawnSync } from 'node:child_process';
import { HANDLER_HEAP, heapFlags } from '../../local/small-heaps';

describe('the heaps of a local run', () => {
  it('are limited by flags that this Node.js knows', () => {
    const flags = heapFlags(process.versions.node);

    // an unknown flag is a bad option
    expect(spawnSync(process.execPath, [...flags, '--eval', '0'], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(flags).not.toEqual([]);
  });

  it('are left alone by a Node.js on which nobody has tried that', () => {
    expect(heapFlags('99.0.0')).toEqual([]);
  });

  it('have young generations of their threads that are small, and old ones without a limit', () => {
    expect(Object.keys(HANDLER_HEAP)).toEqual(['maxYoungGenerationSizeMb']);
  });
});
