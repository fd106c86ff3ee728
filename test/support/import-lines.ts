export interface Import {
  readonly line: number;
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** `import(…)`: loaded when it is reached, and not with the file. */
  readonly isLate: boolean;
}

export function listImports(code: string): Import[] {
  const statement =
    /^\s*(?:import|export)\s+(type\s)?(?:(?:(?!\b(?:import|export)\b)[^'";])*\bfrom\s*)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;
  return [...code.matchAll(statement)].map(([found, type, stated, called], index, all) => ({
    line: code.slice(0, (all[index]?.index ?? 0) + found.length).split('\n').length,
    specifier: stated ?? called ?? '',
    typeOnly: type !== undefined,
    isLate: called !== undefined,
  }));
}

/** Comments may name what the code must not use; the lines stay where they are. */
export function blankComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' ')).replace(/^\s*\/\/.*$/gm, '');
}
