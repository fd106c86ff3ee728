import { type AnyMirror, past } from './any-mirror';

/** Ten objects to copy, and one orphan. */
export function createSmallSite(mirror: AnyMirror): ReturnType<AnyMirror['createPair']> {
  const pair = mirror.createPair();
  for (let index = 0; index < 10; index++) pair.source.put(`site/${index}`, 'content', { lastModified: past });
  pair.destination.put('site/orphan', 'x');
  return pair;
}
