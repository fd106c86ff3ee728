/** An endpoint that does not work, whatever the number of attempts. It has no `cause`, because the SDK would retry on that. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}
