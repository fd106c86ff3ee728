import { FINEST_OBJECTS, MOST_WAYMARKS, thin, type Waymark } from './waymark';

/** Collects waymarks along the walks of a Task. Memory has a bounded number of them, whatever the number of objects. */
export class WaymarkLanes {
  readonly #lanes: WaymarkLane[] = [];
  #objects = FINEST_OBJECTS;
  #count = 0;
  #most = MOST_WAYMARKS;

  /** Each walk has a lane of its own, so that its waymarks stand at full pages. */
  openLane(): WaymarkLane {
    const lane = new WaymarkLane(this.#objects, () => this.#note());
    this.#lanes.push(lane);
    return lane;
  }

  /** In no order. */
  get waymarks(): Waymark[] {
    return this.#lanes.flatMap((lane) => lane.waymarks);
  }

  #note(): void {
    this.#count += 1;
    if (this.#count <= this.#most) return;
    this.#objects *= 2;
    this.#count = 0;
    for (const lane of this.#lanes) this.#count += lane.thin(this.#objects);
    // many short walks have at least one each
    this.#most = Math.max(MOST_WAYMARKS, 2 * this.#count);
  }
}

class WaymarkLane {
  #waymarks: Waymark[] = [];
  /** Objects since the last waymark. */
  #since = 0;
  #last = '';

  constructor(
    private every: number,
    private readonly onWaymark: () => void,
  ) {}

  /** The walk meets an object. */
  readonly pass = (key: string): void => {
    this.#last = key;
    this.#since += 1;
    if (this.#since < this.every) return;
    this.#waymarks.push({ key, objects: this.#since });
    this.#since = 0;
    this.onWaymark();
  };

  /** @returns how many are left */
  thin(objects: number): number {
    this.every = objects;
    this.#waymarks = thin(this.#waymarks, objects);
    const last = this.#waymarks.at(-1);
    if (last && last.objects < objects) {
      // the next waymark still stands at a multiple
      this.#waymarks.pop();
      this.#since += last.objects;
    }
    return this.#waymarks.length;
  }

  /** Also the last object that was met: nobody knows yet what lies behind. */
  get waymarks(): readonly Waymark[] {
    return this.#since === 0 ? this.#waymarks : [...this.#waymarks, { key: this.#last, objects: this.#since }];
  }
}
