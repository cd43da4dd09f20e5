/** What Slack did not open: a trigger lives for three seconds, and Slack has limits. */
export class TooLate extends Error {}
