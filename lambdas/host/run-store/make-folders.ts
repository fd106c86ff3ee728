import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates a folder and its parents. The function of Node.js loops for ever if a file system, such as /proc, reports an existing
 * parent folder as missing.
 *
 * @returns whether the folder was new
 */
export async function makeFolders(path: string, mode: number): Promise<boolean> {
  try {
    return await makeFolder(path, mode);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    await makeFolders(above, mode);
    return makeFolder(path, mode);
  }
}

async function makeFolder(path: string, mode: number): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false; // if it is a file, the next write reports that
  }
}
