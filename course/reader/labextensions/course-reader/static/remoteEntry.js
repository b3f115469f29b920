/**
 * Makes a lesson read like a page: code hidden, already run, nothing to edit by accident.
 *
 * It runs a lesson only if every cell is what `course start` laid down (a manifest of hashes in the
 * page's configuration) and Jupyter trusts it. Any other notebook opens as JupyterLab opens it.
 * It asks nothing of JupyterLab but what its panels and commands show by themselves, and imports
 * none of its modules, so that no build is needed.
 */
(() => {
  const STYLE = `
    .course-reader .jp-Toolbar, .course-reader .jp-Cell-inputWrapper .jp-InputPrompt, .course-reader .jp-OutputPrompt,
    .course-reader .jp-CodeCell .jp-Cell-inputWrapper, .course-reader .jp-cell-toolbar, .course-reader .jp-Collapser,
    .course-reader .jp-Notebook-footer, .course-reader .jp-OutputArea-promptOverlay { display: none !important; }
    .course-reader .jp-Notebook .jp-Cell { padding: 0 max(1rem, calc((100% - 50rem) / 2)); border: 0; }
    .course-reader .jp-Notebook { padding-top: 1rem; }
    .course-reader .jp-MarkdownOutput { max-width: 46rem; padding-left: 0; line-height: 1.6; font-size: calc(var(--jp-content-font-size1) * 1.1); }
    .course-reader .jp-OutputArea-output { padding-left: 0; overflow: visible; }
    .course-reader .jp-Cell.jp-mod-active, .course-reader .jp-Cell.jp-mod-selected { background: none; box-shadow: none; }
    .course-reader .jp-Notebook .jp-Cell .jp-Cell-inputWrapper, .course-reader .jp-RenderedHTMLCommon { border: 0; outline: 0; box-shadow: none; }`;

  const page = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  const lessons = page.courseLessons ?? {};
  const seen = new WeakSet();

  /** JupyterLab names each page three times in the browser's history; Back should need one press. */
  function namePagesOnce() {
    const push = history.pushState.bind(history);
    history.pushState = (state, unused, url) => {
      const same = url != null && new URL(url, location.href).pathname === location.pathname;
      return same ? history.replaceState(state, unused, url) : push(state, unused, url);
    };
  }

  async function sha256(text) {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Whether a notebook is a lesson exactly as it was laid down, and trusted. */
  async function isLesson(panel) {
    const laid = lessons[panel.context.path];
    const cells = [...panel.content.model.cells];
    if (!laid || !globalThis.crypto?.subtle || cells.length !== laid.cells.length) return false;
    for (const [n, cell] of cells.entries()) {
      if (`${cell.type}:${await sha256(cell.sharedModel.getSource())}` !== laid.cells[n]) return false;
      if (cell.type === "code" && !cell.trusted) return false;
    }
    return true;
  }

  async function run(app, panel) {
    await panel.sessionContext.ready;
    app.shell.activateById(panel.id);
    await app.commands.execute("notebook:run-all-cells");
    panel.content.activeCellIndex = 0;
    panel.content.node.querySelector(".jp-WindowedPanel-outer, .jp-NotebookPanel-notebook")?.scrollTo(0, 0);
    panel.content.node.scrollTop = 0;
    panel.context.model.dirty = false;
  }

  /** Runs the lesson again after a restart, a crash, or a new kernel. */
  function watchKernel(app, panel) {
    let stopped = false;
    panel.sessionContext.statusChanged.connect((_, status) => {
      if (["restarting", "autorestarting", "dead", "terminating"].includes(status)) stopped = true;
      else if (stopped && status === "idle") {
        stopped = false;
        run(app, panel);
      }
    });
    panel.sessionContext.kernelChanged.connect((_, { oldValue, newValue }) => {
      if (oldValue && newValue) run(app, panel);
    });
  }

  /** A reader's keys and clicks are for reading: none of them edits, cuts or inserts a cell. */
  function lock(panel) {
    for (const type of ["keydown", "contextmenu", "dblclick"]) {
      panel.node.addEventListener(type, (event) => event.stopPropagation());
    }
    panel.node.addEventListener("dblclick", (event) => event.stopPropagation(), true);
    panel.context.model.stateChanged.connect((model, change) => {
      if (change.name === "dirty" && change.newValue) model.dirty = false;
    });
  }

  function nameThePage(title) {
    const name = () => {
      if (document.title !== title) document.title = title;
    };
    new MutationObserver(name).observe(document.querySelector("title"), { childList: true });
    name();
  }

  /** Shuts down the kernels of lessons that no page shows any more. */
  async function tidy(app, path) {
    const sessions = app.serviceManager.sessions;
    await sessions.refreshRunning();
    for (const session of sessions.running()) {
      if (session.path !== path && lessons[session.path] && session.kernel?.connections === 0) {
        await sessions.shutdown(session.id).catch(() => {});
      }
    }
  }

  async function open(app, panel) {
    if (seen.has(panel) || !panel.context || !panel.sessionContext || !panel.content?.model?.cells) return;
    seen.add(panel);
    await panel.context.ready;
    await panel.revealed;
    if (!(await isLesson(panel))) return;
    const { path } = panel.context;
    panel.addClass("course-reader");
    nameThePage(lessons[path].title);
    lock(panel);
    await run(app, panel);
    watchKernel(app, panel);
    await tidy(app, path);
  }

  const plugin = {
    id: "course-reader:plugin",
    autoStart: true,
    activate: (app) => {
      document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
      const look = () => [...app.shell.widgets("main")].forEach((widget) => open(app, widget));
      // Not awaited: JupyterLab restores its pages only after every plugin has been activated.
      app.restored.then(() => {
        app.shell.layoutModified?.connect(look);
        app.shell.currentChanged?.connect(look);
        look();
      });
    },
  };

  if (Object.keys(lessons).length) namePagesOnce();
  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["course-reader"] = {
    init: () => Promise.resolve(),
    get: () => Promise.resolve(() => ({ __esModule: true, default: plugin })),
  };
})();
