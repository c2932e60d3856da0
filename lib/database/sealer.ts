import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { SealedError } from './sealed.error.js';

const PREFIX = 'hookline:1:';
const ALGORITHM = 'aes-256-gcm';
const SALT_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A key, and the id by which sealed content names it. */
interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * Seals stored content, so that readers of the table cannot read it: with AES-256-GCM, as
 * `hookline:1:<id of the key>:<salt, nonce, ciphertext and tag in base64url>`. The first key seals, all of
 * them open. Without a key, nothing is sealed.
 *
 * @internal
 */
export class Sealer {
  // Private at run time too: a sealer that is logged or serialised does not show its keys.
  readonly #keys: readonly Key[];

  /** @param keys of 32 bytes each */
  constructor(keys: readonly Buffer[]) {
    this.#keys = keys.map((bytes) => ({ id: idOf(bytes), bytes }));
  }

  /** Whether there is a key to seal with. */
  get isEnabled(): boolean {
    return this.#keys.length > 0;
  }

  /**
   * @param place where the content is stored. It opens only there: an attacker who can write to the table
   * could otherwise copy a sealed secret into another row, and have it sent elsewhere
   * @returns the content as it is, if there is no key
   */
  sealText(content: string, place: string): string {
    return this.isEnabled ? this.seal(Buffer.from(content, 'utf8'), place) : content;
  }

  /**
   * @returns the content; as it is, if it is not sealed
   * @throws {SealedError} if the content cannot be opened
   */
  openText(stored: string, place: string): string {
    return stored.startsWith(PREFIX) ? this.open(stored, place).toString('utf8') : stored;
  }

  /** Seals bytes; there must be a key. */
  seal(content: Buffer, place: string): string {
    const [key] = this.#keys;
    if (key === undefined) throw new TypeError('There is no key to seal with.');
    const salt = randomBytes(SALT_BYTES);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, keyFor(key, salt), iv);
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const sealed = [salt, iv, cipher.update(content), cipher.final(), cipher.getAuthTag()];
    return `${PREFIX}${key.id}:${Buffer.concat(sealed).toString('base64url')}`;
  }

  /** @throws {SealedError} if the content cannot be opened */
  open(stored: string, place: string): Buffer {
    const [id = '', text = ''] = stored.slice(PREFIX.length).split(':');
    const key = this.#keys.find((one) => one.id === id);
    if (key === undefined) {
      throw new SealedError(
        `What is stored is sealed with the key '${id}', which the option \`sealWith\` does not have.`,
        'Add that key to the end of `sealWith` in WebhookModule.forRoot.',
      );
    }
    const bytes = Buffer.from(text, 'base64url');
    const salt = bytes.subarray(0, SALT_BYTES);
    const iv = bytes.subarray(SALT_BYTES, SALT_BYTES + IV_BYTES);
    const content = bytes.subarray(SALT_BYTES + IV_BYTES, -TAG_BYTES);
    try {
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(ALGORITHM, keyFor(key, salt), iv, options);
      decipher.setAAD(Buffer.from(place, 'utf8'));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(content), decipher.final()]);
    } catch (cause) {
      throw new SealedError(
        'What is stored is sealed, and was changed or copied from another row.',
        'Restore the row; `sealWith` has its key.',
        { cause },
      );
    }
  }
}

/** Derives a key for each content: AES-GCM limits how many contents one key may seal. */
function keyFor({ bytes }: Key, salt: Buffer): Buffer {
  return createHmac('sha256', bytes).update(salt).digest();
}

function idOf(key: Buffer): string {
  return createHmac('sha256', key).update('id of the key').digest('hex').slice(0, 8);
}
