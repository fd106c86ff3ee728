import { ListingError } from '../../../statemachine/errors';

/**
 * Notices by the continuation tokens if a listing goes in circles: empty pages show nothing else. It keeps only one of the
 * tokens (Brent's algorithm), and finds a circle within three turns of it.
 */
export class TokenWatch {
  #kept: string | undefined;
  #last: string | undefined;
  #since = 0;
  #until = 1;

  /** @param token  of the next page; absent = no next page @throws ListingError  the token came before, or is empty */
  take(token: string | undefined): void {
    if (token === undefined) return;
    if (token === '')
      throw new ListingError('Expected a continuation token of a listing that goes on, got an empty one', {
        isBroken: true,
      });
    if (token === this.#last || token === this.#kept) {
      throw new ListingError(
        `Expected another continuation token on each page of a listing, got ${JSON.stringify(shorten(token))} again: ` +
          'the listing would never end',
        { isLasting: true },
      );
    }
    this.#last = token;
    this.#since += 1;
    if (this.#since < this.#until) return;
    this.#kept = token;
    this.#since = 0;
    this.#until *= 2;
  }
}

function shorten(token: string): string {
  return token.length <= 100 ? token : `${token.slice(0, 100)}…`;
}
