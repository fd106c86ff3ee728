/** Tag of a deployed state machine: the version of bucketsync that deployed it. */
export const VERSION_TAG = 'bucketsync:version';
