import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makeFolders } from '../lambdas/host/run-store/make-folders';

/** @param location  `file:///folder` @returns why nothing can be written there; undefined if it can */
export async function tryFolder(location: string): Promise<string | undefined> {
  const folder = fileURLToPath(location);
  try {
    await makeFolders(folder, 0o700);
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
