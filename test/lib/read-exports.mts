import { join } from 'node:path';
import {
  API,
  type Checker,
  ObjectFlags,
  type ObjectType,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Symbol as TsSymbol,
  type Type,
  TypeFlags,
  type TypeReference,
  type UnionType,
} from 'typescript/unstable/sync';

/** One field, method, parameter or result of what `lib/index.ts` exports. */
export interface ExportedMember {
  readonly name: string;
  readonly docs: string;
  readonly isReadonly: boolean;
  /** Why jsii would not accept its type; absent: it does. */
  readonly problem?: string;
}

const ROOT = join(import.meta.dirname, '../..');
const TEXTS = TypeFlags.String | TypeFlags.StringLiteral | TypeFlags.EnumLiteral;
const PLAIN = TEXTS | TypeFlags.Number | TypeFlags.Boolean | TypeFlags.BooleanLiteral;

/** As jsii reads it: types that TypeScript has computed are problems, and unions of anything but texts and numbers. */
function findProblem(checker: Checker, type: Type): string | undefined {
  const text = checker.typeToString(type);
  if (type.flags & (PLAIN | TypeFlags.Undefined | TypeFlags.Void)) return undefined;
  if (type.flags & TypeFlags.Union) {
    const parts = (type as UnionType).getTypes().filter(({ flags }) => !(flags & TypeFlags.Undefined));
    const [only, ...others] = parts;
    if (only && others.length === 0) return findProblem(checker, only);
    return parts.every(({ flags }) => flags & PLAIN) ? undefined : `a union of objects: ${text}`;
  }
  if (!(type.flags & TypeFlags.Object)) return `neither plain nor an object: ${text}`;
  if (checker.isArrayType(type)) {
    if (text.startsWith('readonly ')) return `a list that is readonly: ${text}`;
    const [element] = checker.getTypeArguments(type as TypeReference);
    return element && findProblem(checker, element);
  }
  if ((type as ObjectType).objectFlags & ObjectFlags.Mapped) return `a type that is computed: ${text}`;
  if (!((type as ObjectType).objectFlags & ObjectFlags.Anonymous)) return undefined;
  const [index, ...more] = checker.getIndexInfosOfType(type);
  const isMap = index && more.length === 0 && checker.getPropertiesOfType(type).length === 0;
  return isMap ? findProblem(checker, index.valueType) : `a type without a name: ${text}`;
}

function isOwn(symbol: TsSymbol): boolean {
  return symbol.declarations.some(({ path }) => !path.includes('/node_modules/'));
}

function readMember({ checker }: Project, owner: string, member: TsSymbol): ExportedMember[] {
  const name = `${owner}.${member.name}`;
  const docs = checker.getDocumentationCommentOfSymbol(member);
  const type = checker.getTypeOfSymbol(member);
  if (!type) return [{ name, docs, isReadonly: false, problem: 'no type' }];
  if (!(member.flags & SymbolFlags.Method)) {
    const text = member.declarations[0]?.resolve()?.getText() ?? '';
    const isReadonly = /^(static )?(readonly |get )/.test(text);
    const problem = findProblem(checker, type);
    return [{ name, docs, isReadonly, ...(problem && { problem }) }];
  }
  const types = checker
    .getSignaturesOfType(type, SignatureKind.Call)
    .flatMap((signature) => [
      checker.getReturnTypeOfSignature(signature),
      ...signature.getParameters().map((parameter) => checker.getTypeOfSymbol(parameter)),
    ]);
  const problem = types.map((each) => each && findProblem(checker, each)).find((each) => each !== undefined);
  return [{ name, docs, isReadonly: true, ...(problem && { problem }) }];
}

/** Of `lib/index.ts`, except what CDK declares and what is `@internal`. Aliases of plain types have no members. */
function readExports(project: Project): ExportedMember[] {
  const { checker, program } = project;
  const file = program.getSourceFile(join(ROOT, 'lib/index.ts'));
  const index = file && checker.getSymbolAtLocation(file);
  if (!index) throw new Error('Expected lib/index.ts to export something');
  return checker.getExportsOfModule(index).flatMap((exported) => {
    const target = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const docs = checker.getDocumentationCommentOfSymbol(target);
    const own = { name: exported.name, docs, isReadonly: true };
    if (!(target.flags & (SymbolFlags.Interface | SymbolFlags.Class))) return [own];
    const members = checker
      .getPropertiesOfType(checker.getDeclaredTypeOfSymbol(target))
      .filter((member) => isOwn(member) && !/^[_#]|^__#/.test(member.name));
    return [own, ...members.flatMap((member) => readMember(project, exported.name, member))];
  });
}

const api = new API({ cwd: ROOT });
const [project] = api.updateSnapshot({ openProject: join(ROOT, 'tsconfig.build.json') }).getProjects();
if (!project) throw new Error('Expected tsconfig.build.json to be a project');
process.stdout.write(JSON.stringify(readExports(project)));
api.close();
