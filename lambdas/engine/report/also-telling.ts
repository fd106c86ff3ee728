import type { ReportLine } from '../../../statemachine/contract';
import type { Report } from './report';

type Lines = Pick<Report, 'add'>;

/** A report whose lines somebody watches. @param tell  absent: nobody does. @returns a promise to wait for if lines come too fast */
export function alsoTelling(report: Lines, tell: ((line: ReportLine) => Promise<void> | undefined) | undefined): Lines {
  if (!tell) return report;
  return {
    add(line) {
      const [written, told] = [report.add(line), tell(line)];
      return written && told ? Promise.all([written, told]).then(() => undefined) : (written ?? told);
    },
  };
}
