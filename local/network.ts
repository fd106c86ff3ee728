export { namedProxies } from '../lambdas/s3/network/proxy';
export { requestHandler } from '../lambdas/s3/network/request-handler';
