export type StageId = 'A' | 'B' | 'C' | 'D' | 'E' | 'F' | 'G' | 'H';

/** Options for stages that cost more, take longer, or require more permissions. */
export interface StageOptions {
  readonly iam?: boolean;
  readonly deploy?: boolean;
  readonly secondRegion?: string;
  readonly large?: boolean;
  readonly kms?: boolean;
  readonly load?: boolean;
}
