/** What an operator can watch, in the text format of Prometheus (version 0.0.4). */
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** Counts by one label. */
class Counter<Label extends string> {
  readonly #counts = new Map<Label, number>();

  /** @param labels shown from the start, at 0: a graph of what has not happened yet is a line, not a gap. */
  constructor(labels: readonly Label[]) {
    for (const label of labels) this.#counts.set(label, 0);
  }

  add(label: Label, by = 1): void {
    this.#counts.set(label, (this.#counts.get(label) ?? 0) + by);
  }

  get entries(): IterableIterator<[Label, number]> {
    return this.#counts.entries();
  }
}

/** Counts durations by upper bound. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds in seconds, rising. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = [...bounds, Infinity].map(() => 0);
  }

  observe(seconds: number): void {
    const at = this.#bounds.findIndex((bound) => seconds <= bound);
    const index = at === -1 ? this.#bounds.length : at;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** The lines of a histogram called `name`: counts up to each bound, their sum and their number. */
  lines(name: string): string[] {
    let total = 0;
    const buckets = this.#counts.map((count, index) => {
      total += count;
      return `${name}_bucket{le="${this.#bounds[index] ?? '+Inf'}"} ${total}`;
    });
    return [...buckets, `${name}_sum ${this.#sum}`, `${name}_count ${total}`];
  }
}

/** How often the event loop is looked at: the rarer, the less of the time of a server that has nothing else to do. */
const LAG_INTERVAL_MS = 200;

/** How long this process was held up, at worst. */
class LoopLag {
  #delays: IntervalHistogram | null = null;

  /** @returns seconds, since this was asked last. Measured from the first time on: who is never asked has no timer. */
  takeLongest(): number {
    if (this.#delays === null) {
      this.#delays = monitorEventLoopDelay({ resolution: LAG_INTERVAL_MS });
      this.#delays.enable();
    }
    const { max } = this.#delays;
    this.#delays.reset();
    // From one look to the next: the interval, where nothing was in the way.
    return Math.max(0, max / 1e9 - LAG_INTERVAL_MS / 1000);
  }
}

/** Everything one server counts. The hot paths only add to plain numbers. */
export class Metrics {
  readonly connections = new Counter(['parley.1', 'plain']);
  /** Sockets that did not come in, and proofs that were none. */
  readonly refusals = new Counter([
    'bad-request',
    'origin',
    'server-full',
    'address-full',
    'too-many-tries',
    'draining',
    /** TCP connections ended before they said what they want. */
    'too-many-connections',
    'wrong-address',
    'no-hello',
    'unauthorized',
  ]);
  readonly joins = new Counter(['joined', 'room-full', 'too-many']);
  readonly refusedSignals = new Counter(['not-seated', 'not-taken']);
  readonly rings = new Counter(['sent', 'peer-unavailable', 'not-present']);
  readonly away = new Counter(['closed', 'silent', 'backlog']);
  readonly left = new Counter(['left', 'grace-ended', 'replaced']);
  readonly resumes = new Counter(['resumed', 'forgotten']);
  /** Sockets the server ended, by the reason of their close code or of their termination. */
  readonly closed = new Counter<string>([]);
  readonly relaySeconds = new Histogram([0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1]);
  readonly #loopLag = new LoopLag();
  back = 0;
  /** Sockets held back for going too fast, each time. */
  throttled = 0;
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;

  /** @param rooms how many there are now; the broker knows. */
  render(rooms: number): string {
    const { rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return [
      ...gauge('parley_connections', 'Open sockets.', labelled('dialect', this.connections)),
      ...gauge('parley_rooms', 'Rooms somebody sits in.', [['', rooms]]),
      ...counter('parley_joins_total', 'Answers to joins.', labelled('outcome', this.joins)),
      ...counter(
        'parley_signals_refused_total',
        'Signals to who was not there, or took no more.',
        labelled('reason', this.refusedSignals),
      ),
      ...counter('parley_rings_total', 'Rings between people.', labelled('outcome', this.rings)),
      ...counter('parley_refusals_total', 'Sockets that were not let in.', labelled('reason', this.refusals)),
      ...counter('parley_closed_total', 'Sockets the server ended.', labelled('reason', this.closed)),
      ...counter('parley_messages_total', 'Frames of members.', [
        ['{direction="in"}', this.messagesIn],
        ['{direction="out"}', this.messagesOut],
      ]),
      ...counter('parley_bytes_total', 'Bytes of these frames.', [
        ['{direction="in"}', this.bytesIn],
        ['{direction="out"}', this.bytesOut],
      ]),
      ...counter('parley_throttled_total', 'Times a socket was held back.', [['', this.throttled]]),
      ...counter('parley_away_total', 'Members whose socket went.', labelled('reason', this.away)),
      ...counter('parley_back_total', 'Members that came back.', [['', this.back]]),
      ...counter('parley_left_total', 'Seats that became free.', labelled('reason', this.left)),
      ...counter('parley_resumes_total', 'Tries to resume.', labelled('outcome', this.resumes)),
      '# HELP parley_relay_seconds From a signal read to handed over to its receiver.',
      '# TYPE parley_relay_seconds histogram',
      ...this.relaySeconds.lines('parley_relay_seconds'),
      ...gauge('nodejs_eventloop_lag_max_seconds', 'Longest hold-up since the last look.', [
        ['', this.#loopLag.takeLongest()],
      ]),
      ...counter('process_cpu_seconds_total', 'CPU time.', [['', (user + system) / 1e6]]),
      ...gauge('process_resident_memory_bytes', 'Resident memory.', [['', rss]]),
      '',
    ].join('\n');
  }
}

type Sample = readonly [labels: string, value: number];

function labelled(name: string, { entries }: Counter<string>): Sample[] {
  return [...entries].map(([label, count]) => [`{${name}="${label}"}`, count]);
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  return family('gauge', name, help, samples);
}

function counter(name: string, help: string, samples: readonly Sample[]): string[] {
  return family('counter', name, help, samples);
}

function family(type: string, name: string, help: string, samples: readonly Sample[]): string[] {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}
