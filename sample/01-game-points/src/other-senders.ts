import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SignatureScheme } from 'nestjs-hookline';
import { discord, github, shopify, slack, stripe } from 'nestjs-hookline/signatures';

/** A command to try: the arguments of `nestjs-hookline`. */
export interface Trial {
  readonly source: string;
  readonly args: readonly string[];
  /** The parts that `--tamper` can falsify: those that the sender signs. */
  readonly tamperings: readonly string[];
}

/**
 * Senders besides the game. The application accepts their webhooks, to try the command line, which signs as
 * each of them does. Their secrets are new for each run.
 */
export class OtherSenders {
  /** All but Discord share a secret with the application; for a trial, they have the same one. */
  readonly secret = randomBytes(24).toString('base64url');
  readonly sources: Readonly<Record<string, SignatureScheme>>;
  private readonly discordKeyFile: string;

  /** @param folder where to put the private key, which stands for Discord's own */
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
