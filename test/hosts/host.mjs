import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder with an application, like that of a user of the package. */
export class Host {
  constructor(folder, manager = 'npm') {
    this.folder = folder;
    this.manager = manager;
    mkdirSync(folder, { recursive: true });
  }

  write(file, content) {
    const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2);
    writeFileSync(join(this.folder, file), `${text}\n`);
  }

  copy(from, to) {
    cpSync(from, join(this.folder, to));
  }

  /**
   * Installs the packages of its package.json. The one native module comes from this checkout: compiling it
   * for each host would take most of the time.
   */
  install(root) {
    this[this.manager]();
    const native = realpathSync(join(this.folder, 'node_modules/better-sqlite3'));
    cpSync(join(root, 'node_modules/better-sqlite3/build'), join(native, 'build'), {
      recursive: true,
    });
  }

  npm() {
    this.run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent']);
  }

  pnpm() {
    this.run('npx', ['--yes', 'pnpm@10', 'install', '--ignore-scripts', '--reporter=silent']);
  }

  /** Yarn takes neither npm's registry nor a folder without a lock file for its own. */
  yarn() {
    const registry = this.run('npm', ['config', 'get', 'registry']).trim();
    this.write('.yarnrc.yml', `nodeLinker: node-modules\nnpmRegistryServer: '${registry}'`);
    this.write('yarn.lock', '');
    this.run('npx', ['--yes', '@yarnpkg/cli-dist@4', 'install', '--no-immutable'], {
      YARN_ENABLE_SCRIPTS: '0',
      YARN_ENABLE_TELEMETRY: '0',
    });
  }

  /** Runs a command in the folder; a failure shows all its output. */
  run(command, args, env = {}) {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    if (status === 0) return stdout;
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  }

  /** Runs a program of one of the installed packages. */
  bin(name, ...args) {
    return this.run(join(this.folder, 'node_modules/.bin', name), args);
  }
}
