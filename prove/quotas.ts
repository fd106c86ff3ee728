import { callJson, callRest, type Signing } from './aws-call';

/** The quotas of Step Functions that a run of many ranges could meet. */
const MET_BY_RUNS = /statetransition|startexecution|open map runs/i;
const MOST_PAGES = 10;

interface AccountSettings {
  readonly AccountLimit?: { readonly ConcurrentExecutions?: number };
}

interface QuotaPage {
  readonly Quotas?: readonly { readonly QuotaName?: string; readonly Value?: number }[];
  readonly NextToken?: string;
}

/** @throws AwsCallError */
export async function functionsAtOnce(signing: Signing): Promise<string> {
  const { AccountLimit } = await callRest<AccountSettings>(signing, 'lambda', '/2016-08-19/account-settings/');
  return `${AccountLimit?.ConcurrentExecutions ?? 'an unknown number'} at once`;
}

/** @throws AwsCallError */
export async function describeQuotas(signing: Signing): Promise<string> {
  const quotas: NonNullable<QuotaPage['Quotas']>[number][] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const request = { ServiceCode: 'states', MaxResults: 100, ...(NextToken !== undefined && { NextToken }) };
    const answer = await callJson<QuotaPage>(signing, 'servicequotas', 'ListServiceQuotas', request);
    quotas.push(...(answer.Quotas ?? []));
    NextToken = answer.NextToken;
    if (!NextToken) break;
  }
  const met = quotas.filter(({ QuotaName = '' }) => MET_BY_RUNS.test(QuotaName));
  if (met.length === 0) return `none of ${quotas.length} quotas is about executions or transitions`;
  return met.map(({ QuotaName, Value }) => `${QuotaName}: ${Value}`).join('; ');
}
