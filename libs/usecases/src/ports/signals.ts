/** Says "look" to other replicas and to open streams; may lose messages, never carries state. */
export interface Signals {
  /** `topic`: `events`, `assignment:<repository>:<environment>`, `cluster:<name>`, `credential:<id>`. */
  publish(topic: string): void;
  /** @returns the function that ends the subscription. */
  subscribe(topic: string, listener: () => void): () => void;
}
