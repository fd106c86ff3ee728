import { HttpResponse } from '@smithy/core/protocols';
import type { MiddlewareStack } from '@smithy/types';

/** @returns after the answer to a command: the server's time in milliseconds since 1970, if the answer has it */
export function serverTimeOf<Input extends object, Output extends object>(command: {
  readonly middlewareStack: MiddlewareStack<Input, Output>;
}): () => number | undefined {
  let date = '';
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      if (HttpResponse.isInstance(answer.response)) date = answer.response.headers.date ?? '';
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  return () => {
    const time = Date.parse(date);
    return Number.isNaN(time) ? undefined : time;
  };
}
