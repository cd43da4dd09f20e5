import type { Instant } from '@sluice/kernel';

/** GitLab's approvals have no number. Whoever approves again has given another one. */
export function approvalId(number: number, login: string, at: Instant): string {
  return `approval:${number}:${login}:${at}`;
}
