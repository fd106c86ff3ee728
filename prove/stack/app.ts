import { App } from 'aws-cdk-lib';
import { ProofStack } from './proof-stack';

const app = new App();
new ProofStack(app, app.node.getContext('name'));
