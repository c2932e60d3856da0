import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { QueueService } from 'nestjs-hookline';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module.js';
import { Game } from './game.js';
import { MailSink } from './mail-sink.js';
import { OtherSenders } from './other-senders.js';
import { playStory } from './story.js';

const print = (line: string): void => console.log(line);

/** A new database file for each run, so that the story always begins in the same way. */
const folder = mkdtempSync(join(tmpdir(), 'game-points-'));
const database = join(folder, 'app.db');
const gameSecret = process.env['GAME_SECRET'] ?? `whsec_${randomBytes(24).toString('base64')}`;

const others = new OtherSenders(folder);
const sink = new MailSink();
const smtpUrl = await sink.listen();
const options = { database, smtpUrl, gameSecret, otherSources: others.sources };
const app = await NestFactory.create(AppModule.with(options), {
  logger: ['log', 'warn', 'error'],
});
app.enableShutdownHooks();
await app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');

const url = `${await app.getUrl()}/webhooks/game`;
const game = new Game(url, gameSecret);
const queue = app.get(QueueService);

print('');
print(`The application listens at ${url}, its database is ${database}.`);
const allWell = await playStory({
  game,
  sink,
  dataSource: app.get(DataSource),
  settle: () => untilNothingWaits(queue),
  print,
});
print(allWell ? 'Every step of the story went right.' : 'The story FAILED.');

if (process.argv.includes('--exit')) {
  await app.close();
  await sink.close();
  rmSync(folder, { recursive: true });
  process.exitCode = allWell ? 0 : 1;
} else {
  printTrials();
}

/** Waits, without a fixed delay, until every job has ended. */
async function untilNothingWaits(service: QueueService): Promise<void> {
  for (;;) {
    const { available, running, retryable } = await service.counts();
    if (available + running + retryable === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function printTrials(): void {
  const webhook = game.pointsUpdated(123, 20);
  print('');
  print('The application stays up. Try within five minutes (later the timestamp is too old):');
  print('');
  print(`  # a signed webhook; send it twice, and the second is a duplicate`);
  print(`  ${game.toCurl(webhook)}`);
  print('');
  print('  # a forged one: 401');
  print(
    `  ${game.toCurl({ ...webhook, body: webhook.body.replace('"points":20', '"points":200') })}`,
  );
  print('');
  print('  # an unknown source: 404; a GET: 405');
  print(`  curl -i -d '{}' ${url.replace(/game$/, 'nobody')}`);
  print(`  curl -i ${url}`);
  print('');
  print(
    '  # other senders, signed by the command line as each of them does; --tamper body, signature',
  );
  print('  # or timestamp falsifies it, and --id evt_1 --times 2 sends one event twice');
  print(`  export HOOKLINE_SECRET=${others.secret}`);
  for (const { args } of others.trials(new URL(url).origin)) {
    print(`  npx nestjs-hookline ${args.join(' ')}`);
  }
  print('');
  print('  Stop with Ctrl+C.');
}
