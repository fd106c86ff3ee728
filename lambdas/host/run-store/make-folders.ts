import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those that it lies in. Node.js' own way to do so goes round for ever where a file system answers that the folder
 * above is missing though it is there, as /proc does.
 *
 * @returns whether it was not there
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
    return false; // if it is a file, what is put there says so
  }
}
