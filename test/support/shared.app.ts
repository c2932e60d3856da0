import type { INestApplication } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { startApp, type Answer, type AppSetup, type TestApp } from './application.js';
import type { RecordingLogger } from './recording.logger.js';

/**
 * One application for all tests of a suite, with a log that is empty before each of them. To start an application takes
 * longer than most tests do.
 */
export class SharedApp implements Omit<TestApp, 'close'> {
  private running: TestApp | undefined;

  constructor(setup: AppSetup) {
    beforeAll(async () => {
      this.running = await startApp(setup);
    });
    beforeEach(() => this.running?.clearLog());
    // A job that ended later would miss its row, and the log of the next test would say so.
    afterEach(() => this.running?.drain());
    afterAll(() => this.running?.close());
  }

  get app(): INestApplication {
    return this.running!.app;
  }

  get url(): string {
    return this.running!.url;
  }

  get logger(): RecordingLogger {
    return this.running!.logger;
  }

  post(path: string, body: string | Buffer, headers?: Record<string, string>): Promise<Answer> {
    return this.running!.post(path, body, headers);
  }

  request(path: string, init: RequestInit): Promise<Answer> {
    return this.running!.request(path, init);
  }

  drain(): Promise<void> {
    return this.running!.drain();
  }

  dataSource(): DataSource {
    return this.running!.dataSource();
  }

  clearLog(): void {
    this.running!.clearLog();
  }
}
