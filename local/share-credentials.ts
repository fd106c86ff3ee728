export { openChannelsBy, shareCredentials } from '../lambdas/s3/credentials/credentials';
