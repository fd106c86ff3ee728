export { namedProxies } from '../lambdas/aws/proxy';
export { requestHandler } from '../lambdas/aws/request-handler';
