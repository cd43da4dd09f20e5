import { Unsupported } from '@sluice/kernel';
import { SealError, type SecretBox } from '@sluice/runtime';
import type { Sealer } from '@sluice/usecases';

/** The server's key, as use cases know it. */
export function createSealer(box: SecretBox): Sealer {
  const sealed = (work: () => string): string => {
    if (box.isEmpty) throw new Unsupported('this server keeps no secrets: set SLUICE_ENCRYPTION_KEY to what `openssl rand -base64 32` prints, and start it again');
    try {
      return work();
    } catch (error) {
      if (error instanceof SealError) throw new Unsupported(`a stored secret cannot be opened (${error.message}): put the key that it was sealed with behind the new one in SLUICE_ENCRYPTION_KEY, or store the secret again`);
      throw error;
    }
  };
  return { seal: (secret, context) => sealed(() => box.seal(secret, context)), open: (text, context) => sealed(() => box.open(text, context)) };
}
