/** Sends one request of a task: at once, or when the concurrency limit has a place for it. */
export type Send = <T>(request: () => Promise<T>) => Promise<T>;
