"""A new picture in one class: how many units of each layer are still alive, lane by lane."""

from regviz.lab.panels import Panel


class AlivePanel(Panel):
    """A line per lane over the layers: units whose incoming weights are not all 0."""

    name = "alive"

    def build(self, snapshot):
        """Axes, and a line and a number for each lane."""
        self.add_text(0, 16, "Units alive", size=self.look.title_size, weight="bold")
        widths = snapshot.models[0].config.hidden
        plot = self.add_axes(40, 50, self.place.width - 60, self.place.height - 90)
        plot.set(xlim=(0.5, len(widths) + 0.5), ylim=(-0.5, max(widths) + 0.5), xticks=range(1, len(widths) + 1))
        self.lines, self.numbers = [], []
        for i, lane in enumerate(self.lanes):
            (line,) = plot.plot(range(1, len(widths) + 1), widths, "o-", color=self.look.lanes[i])
            self.lines.append(self.live(line))
            below = 34 + (i + 1) * 1.3 * self.look.small_size
            self.numbers.append((lane.name, self.live(self.add_text(60, below, "", size=self.look.small_size))))

    def draw(self, snapshot):
        """Set the numbers of units that are left."""
        for line, (name, text), model in zip(self.lines, self.numbers, snapshot.models, strict=True):
            alive = [int((W != 0).any(axis=0).sum()) for W in model.weights[:-1]]
            line.set_ydata(alive)
            text.set_text(f"{name}: {sum(alive)} units alive")
