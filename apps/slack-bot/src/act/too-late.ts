/** What a trigger of Slack could no longer open: it lives for three seconds. */
export class TooLate extends Error {}
