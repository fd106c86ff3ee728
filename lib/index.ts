export type { OverridableField } from '../statemachine/narrowing';
export type { SyncRequest } from '../statemachine/sync-input';
export { BucketSync, type BucketSyncProps } from './bucket-sync';
export type { BucketOrLocation, SyncLocation } from './sync-location';
export type { MirrorInput, SyncMirror } from './sync-mirror';
export type { ExecutionEnd, SyncNotifications } from './sync-notifications';
export type { SyncSchedule } from './sync-schedule';
