export type { OverridableField } from '../statemachine/input/narrowing';
export type { SyncRequest } from '../statemachine/input/sync-input';
export { BucketSync } from './bucket-sync';
export type { BucketSyncProps } from './bucket-sync-props';
export type { BucketOrLocation, SyncLocation } from './sync-location';
export type { MirrorInput, SyncMirror } from './sync-mirror';
export type { ExecutionEnd, SyncNotifications } from './sync-notifications';
export type { SyncSchedule } from './sync-schedule';
