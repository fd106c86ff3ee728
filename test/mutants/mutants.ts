import { ANNOUNCING_MUTANTS } from './bugs/announcing';
import { AWS_MUTANTS } from './bugs/aws';
import { CLI_MUTANTS } from './bugs/cli';
import { COPYING_MUTANTS } from './bugs/copying';
import { DELETING_MUTANTS } from './bugs/deleting';
import { DOCTOR_MUTANTS } from './bugs/doctor';
import { EMBEDDED_S3_MUTANTS } from './bugs/embedded-s3';
import { INVALIDATING_MUTANTS } from './bugs/invalidating';
import { LIB_MUTANTS } from './bugs/lib';
import { LISTING_MUTANTS } from './bugs/listing';
import { LOCK_MUTANTS } from './bugs/lock';
import { MONITORING_MUTANTS } from './bugs/monitoring';
import { PACKAGE_MUTANTS } from './bugs/package';
import { PLANNING_MUTANTS } from './bugs/planning';
import { PROVE_MUTANTS } from './bugs/prove';
import { RUN_MUTANTS } from './bugs/run';
import { STATEMACHINE_MUTANTS } from './bugs/statemachine';
import { TEST_MUTANTS } from './bugs/tests';
import { TWO_WORLDS_MUTANTS } from './bugs/two-worlds';
import type { Mutant } from './mutant';

/** The deliberate bugs of all parts of the project. */
export const MUTANTS: readonly Mutant[] = [
  ...LISTING_MUTANTS,
  ...COPYING_MUTANTS,
  ...DELETING_MUTANTS,
  ...LOCK_MUTANTS,
  ...RUN_MUTANTS,
  ...AWS_MUTANTS,
  ...EMBEDDED_S3_MUTANTS,
  ...CLI_MUTANTS,
  ...PACKAGE_MUTANTS,
  ...STATEMACHINE_MUTANTS,
  ...LIB_MUTANTS,
  ...MONITORING_MUTANTS,
  ...DOCTOR_MUTANTS,
  ...ANNOUNCING_MUTANTS,
  ...INVALIDATING_MUTANTS,
  ...PLANNING_MUTANTS,
  ...PROVE_MUTANTS,
  ...TWO_WORLDS_MUTANTS,
  ...TEST_MUTANTS,
];
