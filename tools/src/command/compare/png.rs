//! Text for plotters' bitmaps without system fonts: a rastered Noto Sans Mono, drawn pixel by pixel.

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use plotters::prelude::BitMapBackend;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle, FontTransform,
};

/// A [`BitMapBackend`] that can write.
pub(crate) struct Png<'b>(pub(crate) BitMapBackend<'b>);

type Fault<'b> = DrawingErrorKind<<BitMapBackend<'b> as DrawingBackend>::ErrorType>;

fn raster(size: f64) -> RasterHeight {
    match size {
        large if large > 20.0 => RasterHeight::Size24,
        middle if middle > 16.5 => RasterHeight::Size20,
        _ => RasterHeight::Size16,
    }
}

fn weight(style: FontStyle) -> FontWeight {
    if matches!(style, FontStyle::Bold) { FontWeight::Bold } else { FontWeight::Regular }
}

fn int(size: usize) -> i32 {
    i32::try_from(size).unwrap_or(i32::MAX)
}

impl<'b> DrawingBackend for Png<'b> {
    type ErrorType = <BitMapBackend<'b> as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Result<(), Fault<'b>> {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), Fault<'b>> {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Result<(), Fault<'b>> {
        self.0.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Result<(), Fault<'b>> {
        self.0.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, fill: bool) -> Result<(), Fault<'b>> {
        self.0.draw_rect(from, to, style, fill)
    }

    fn estimate_text_size<T: BackendTextStyle>(&self, text: &str, style: &T) -> Result<(u32, u32), Fault<'b>> {
        let height = raster(style.size());
        let width = get_raster_width(weight(style.style()), height).saturating_mul(text.chars().count());
        let size = (u32::try_from(width).unwrap_or(u32::MAX), u32::try_from(height.val()).unwrap_or(u32::MAX));
        Ok(match style.transform() {
            FontTransform::Rotate90 | FontTransform::Rotate270 => (size.1, size.0),
            _ => size,
        })
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, pos: BackendCoord) -> Result<(), Fault<'b>> {
        let (height, weight) = (raster(style.size()), weight(style.style()));
        let step = get_raster_width(weight, height);
        let width = int(step.saturating_mul(text.chars().count()));
        let anchor = style.anchor();
        let x0 = match anchor.h_pos {
            HPos::Left => 0,
            HPos::Center => width.div_euclid(2).saturating_neg(),
            HPos::Right => width.saturating_neg(),
        };
        let y0 = match anchor.v_pos {
            VPos::Top => 0,
            VPos::Center => int(height.val()).div_euclid(2).saturating_neg(),
            VPos::Bottom => int(height.val()).saturating_neg(),
        };
        for (index, letter) in text.chars().enumerate() {
            // What the font lacks is a question mark, and so is seen.
            let Some(pixels) = get_raster(letter, weight, height).or_else(|| get_raster('?', weight, height)) else { continue };
            for (y, row) in pixels.rows().enumerate() {
                for (x, ink) in row.iter().enumerate().filter(|(_, ink)| **ink > 0) {
                    let at = (x0.saturating_add(int(index.saturating_mul(step))).saturating_add(int(x)), y0.saturating_add(int(y)));
                    let (dx, dy) = style.transform().transform(at.0, at.1);
                    let color = BackendColor { alpha: style.color().alpha * f64::from(*ink) / 255.0, ..style.color() };
                    self.0.draw_pixel((pos.0.saturating_add(dx), pos.1.saturating_add(dy)), color)?;
                }
            }
        }
        Ok(())
    }
}
