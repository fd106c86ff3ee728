import { createHash } from 'node:crypto';

const hash = (index: number) => createHash('md5').update(String(index)).digest('hex');
const padded = (index: number, length: number) => String(index).padStart(length, '0');
const day = (index: number) => new Date(Date.UTC(2023, 0, 1 + index)).toISOString().slice(0, 10);
const uuid = (index: number) => hash(index).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
const spell = (index: number, alphabet: readonly string[], length: number) =>
  Array.from(
    { length },
    (_, at) => alphabet[Number.parseInt(hash(index).slice(4 * at, 4 * at + 4), 16) % alphabet.length],
  );

const emoji = [...'😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰🚀🌍🎉🔥💧🌱🐶🐱🦊'];
const characters = [...'天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲律呂調陽雲騰致雨露結為霜'];
const folders = [...'abcdefghijkl'].map((letter, index) => `${letter}${hash(index).slice(0, 3)}`);

/** How people name objects: the key of the object `index` of `count`. */
export const KEY_DISTRIBUTIONS: Readonly<Record<string, (index: number, count: number) => string>> = {
  UUIDs: uuid,
  'daily partitions': (index) => `date=${day(index % 700)}/part-${padded(Math.floor(index / 700), 5)}.parquet`,
  'partitions of a few days': (index) => `date=${day(index % 20)}/part-${padded(Math.floor(index / 20), 7)}.parquet`,
  'numbers of one length': (index) => padded(index, 12),
  'numbered images in a folder': (index) => `images/img_${padded(index, 9)}.jpg`,
  'hashed prefixes': (index) => `${hash(index).slice(0, 4)}/2026/${padded(index, 8)}`,
  'deep trees': (index) =>
    `${folders[index % 12]}/${folders[Math.floor(index / 12) % 12]}/${folders[Math.floor(index / 144) % 12]}/file-${hash(index).slice(0, 6)}.txt`,
  emoji: (index) => spell(index, emoji, 6).join(''),
  CJK: (index) => `${spell(index, characters, 5).join('')}/${index}`,
  'keys of 1,024 bytes': (index) => uuid(index).padEnd(1024, 'x'),
  'keys that share 900 bytes': (index) => 'p'.repeat(900) + uuid(index),
};
