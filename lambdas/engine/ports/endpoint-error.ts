/** An endpoint that no other attempt would make better. It has no cause: the SDK would ask again because of that. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}
