import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import type { Run } from '../run.js';

/** A database server that only the test uses. */
export interface PrivateServer {
  readonly port: number;
  /** How to reach it at a port. */
  options(port: number): TypeOrmModuleOptions;
  /** Ends all connections except those of the observer. */
  cutConnections(): Promise<void>;
  /** Keeps the sessions, but makes them read-only, like a primary that has become a standby. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Stops it, after it has ended its connections. */
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  crash(): Promise<void>;
  start(): Promise<void>;
}

export interface PrivateServerKind {
  readonly name: string;
  /** @throws {SkippedError} if the server is not installed */
  create(run: Run): Promise<PrivateServer>;
}
