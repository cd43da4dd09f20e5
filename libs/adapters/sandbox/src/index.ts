export { createUntrustedReader, type SandboxedReader, type UntrustedReaderOptions } from './create-untrusted-reader.js';
