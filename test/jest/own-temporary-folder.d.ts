/** What a suite sees of it. */
declare function ownTemporaryFolder(Environment: new (...args: never[]) => object): new (
  config: object,
  context: { readonly testPath: string },
) => {
  readonly temporaryFolder: string;
  handleTestEvent(event: object, state: object): Promise<void>;
  teardown(): Promise<void>;
};
export = ownTemporaryFolder;
