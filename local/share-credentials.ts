export { openChannelsBy, shareCredentials } from '../lambdas/aws/credentials';
