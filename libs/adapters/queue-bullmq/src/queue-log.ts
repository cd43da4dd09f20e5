/** What this adapter needs of a logger; pino's fits. */
export interface QueueLog {
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
}
