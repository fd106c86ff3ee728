export { shareCredentials } from '../lambdas/aws/credentials';
