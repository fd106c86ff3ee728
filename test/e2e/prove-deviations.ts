const NO_IAM = 'does not judge by policies';
const NO_LINE_FEED = 'a key with a line feed is an HTML 404';

/** F2 to F13: neither server refuses anything. */
const denials = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`F${index + 2}`, NO_IAM]));

/** The same of stage G, which deploys: MiniStack alone runs Lambda functions. */
export const DEPLOYED_DEVIATIONS: Readonly<Record<string, string>> = {
  G10: 'Runtime.HandlerError, a name that it makes up',
  G11: 'runs a function whose concurrency is 0',
  G12: 'waits for a Task however long it takes',
  G13: 'Runtime.HandlerError, a name that it makes up',
  G14: 'takes a state of any size',
  G18: 'knows no ErrorPath and no CausePath',
  G20: 'judges by no bucket policy, so that nothing fails',
};

/**
 * Where other servers do something else than `bucketsync prove` takes for granted about AWS: assumption → what the server does instead,
 * in the order of the table. Measured on MiniStack 1.4.21 and moto 5.2.1.
 */
export const PROVE_DEVIATIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ministack: {
    B8: 'tags are lost',
    B9: 'takes headers for UTF-8 that it has read byte by byte',
    B10: 'takes headers for UTF-8 that it has read byte by byte',
    B11: 'takes headers for UTF-8 that it has read byte by byte',
    B12: 'takes headers for UTF-8 that it has read byte by byte',
    B13: 'takes headers for UTF-8 that it has read byte by byte',
    B14: 'takes headers for UTF-8 that it has read byte by byte',
    B16: 'takes headers for UTF-8 that it has read byte by byte',
    C9: 'names no checksum',
    C10: 'lists from the start',
    C11: 'copies it',
    D2: 'copies',
    D5: 'copies',
    D6: 'copies',
    D12: 'accepted',
    D13: 'makes a delete marker',
    D18: 'accepted',
    D19: 'copies',
    D20: 'ignores the owner',
    E2: 'shows the whole object as its first part, so that the copy ends behind its end',
    E3: 'shows the whole object as its first part',
    E4: 'shows the whole object as its first part',
    E5: 'shows the whole object as its first part',
    E6: 'length of the whole, no number of parts',
    E8: 'the time of the completion',
    E9: 'tags are lost',
    E11: 'accepted',
    E14: 'ETag of the source',
    ...denials,
  },
  moto: {
    B2: NO_LINE_FEED,
    B3: NO_LINE_FEED,
    B4: NO_LINE_FEED,
    B5: NO_LINE_FEED,
    B6: NO_LINE_FEED,
    C4: 'a page does not repeat its token',
    C5: NO_LINE_FEED,
    C7: NO_LINE_FEED,
    C9: 'an algorithm without a type',
    C10: '500, with an HTML page',
    C11: '403 ObjectNotInActiveTierError',
    D1: 'copies',
    D2: 'copies',
    D5: 'copies',
    D6: 'copies',
    D7: 'copies',
    D14: 'deletes both',
    D16: 'replaces any',
    D18: 'accepted',
    D19: 'copies',
    D20: 'ignores the owner',
    E7: 'Last-Modified in a form that the SDK cannot read',
    E8: 'the time of the completion',
    E10: 'another name',
    ...denials,
  },
};

/** What comes to one thing or the other by chance: it looks at an object and writes it in two steps, so that now and then two of twenty do. */
export const PROVE_CHANCES: Readonly<Record<string, readonly string[]>> = { moto: ['D9', 'D10'] };
