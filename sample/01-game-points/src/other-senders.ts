import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignatureScheme } from 'nestjs-hookline';
import { discord, github, shopify, slack, stripe } from 'nestjs-hookline/signatures';

/** What to try: the arguments of the command line `nestjs-hookline`. */
export interface Trial {
  readonly source: string;
  readonly args: readonly string[];
  /** What can be made wrong: what the sender signs. */
  readonly tamperings: readonly string[];
}

/**
 * Senders that have nothing to do with the game. The application takes their webhooks, so that the
 * command line can be tried: it signs as each of them does. Their secrets are new for each run.
 */
export class OtherSenders {
  /** All but Discord have a secret that both sides know; one will do for a trial. */
  readonly secret = randomBytes(24).toString('base64url');
  readonly sources: Readonly<Record<string, SignatureScheme>>;
  private readonly discordKeyFile: string;

  /** @param folder where the private key is put that stands for Discord's own */
  constructor(folder: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.discordKeyFile = join(folder, 'discord.pem');
    writeFileSync(this.discordKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), {
      mode: 0o600,
    });
    const { secret } = this;
    this.sources = {
      stripe: stripe({ secret }),
      github: github({ secret }),
      shopify: shopify({ secret }),
      slack: slack({ secret }),
      discord: discord({
        publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
      }),
    };
  }

  /** @param url of the application */
  trials(url: string): readonly Trial[] {
    const trial = (source: string, type: string, tamperings: readonly string[]): Trial => ({
      source,
      args: ['trigger', source, type, '--to', `${url}/webhooks/${source}`],
      tamperings,
    });
    const timeless = ['body', 'signature'];
    const timed = [...timeless, 'timestamp'];
    const byKey = trial('discord', 'ENTITLEMENT_CREATE', timed);
    return [
      trial('stripe', 'invoice.paid', timed),
      trial('github', 'issues.opened', timeless),
      trial('shopify', 'orders/create', timeless),
      trial('slack', '/points', timed),
      { ...byKey, args: [...byKey.args, '--secret-file', this.discordKeyFile] },
    ];
  }
}
