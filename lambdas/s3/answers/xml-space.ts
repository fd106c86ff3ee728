/** White space between elements. */
export const SPACE = '[ \\t\\r\\n]*';
/** One attribute of a tag, with the white space before it. */
export const ATTRIBUTE = `[ \\t\\r\\n]+[\\w:.-]+=(?:"[^"<]*"|'[^'<]*')`;
