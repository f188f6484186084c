//! Convolutions for WebAssembly. tract keeps theirs fast natively, where it has kernels for each machine;
//! built as small as a Worker has to be, what it does around them takes as long again. Here all of it is
//! one loop over numbers that lie side by side, and 3×3 convolutions of step one, which our models are
//! made of, need less than half of the multiplications.

mod bands;
mod depthwise;
mod filters;
mod patches;
mod product;
#[cfg(test)]
mod tests;
mod winograd;

use std::sync::Arc;

use tract_onnx::tract_core::internal::{
    Datum as _, DatumExt as _, EvalContext, EvalOp, IntoArcTensor as _, IntoTValue, Op, OutletId,
    StaticName, TValue, TVec, Tensor, TractResult, TypedFact, TypedModel, TypedModelPatch,
    TypedNode, TypedOp, args_1, as_op, op_as_typed_op, op_out_of_plan, tvec,
};
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat};
use tract_onnx::tract_core::ops::math::{Max, Min};
use tract_onnx::tract_core::ops::nn::DataFormat;

use depthwise::Depthwise;
use filters::{Filters, Path, Plane};
use patches::Patches;
use winograd::Winograd;

/// Every convolution of one picture by filters that are known, with the limits of what comes out, by ours.
pub(super) fn replaced(mut model: TypedModel) -> TractResult<TypedModel> {
    let nodes = model.nodes().iter().filter(|node| node.op_is::<Conv>());
    let names: Vec<String> = nodes.map(|node| node.name.clone()).collect();
    for name in names {
        let id = model.node_id_by_name(&name)?;
        let Some(mut convolution) = convolution(&model, model.node(id))? else {
            continue;
        };
        let mut last = id;
        while let Some((next, limits)) = limited(&model, last)? {
            convolution.limits = convolution.limits.within(limits);
            last = next;
        }
        let mut patch = TypedModelPatch::default();
        let node = model.node(id);
        let input = patch.taps(&model, &node.inputs[..1])?;
        let output = patch.wire_node(&node.name, Planes(Arc::new(convolution)), &input)?;
        patch.shunt_outside(&model, last.into(), output[0])?;
        patch.apply(&mut model)?;
        // What it was made of goes at once, because a module never gives memory back. Nodes get new numbers.
        model.compact()?;
    }
    Ok(model)
}

/// The step after this one and only after it, if all that it does is to keep numbers within limits.
fn limited(model: &TypedModel, id: usize) -> TractResult<Option<(usize, Limits)>> {
    let Some(next) = model
        .single_succ(id)?
        .filter(|_| !model.outputs.contains(&id.into()))
    else {
        return Ok(None);
    };
    let (Some(op), &[one, other]) = (next.op_as::<TypedBinOp>(), next.inputs.as_slice()) else {
        return Ok(None);
    };
    let by = if one.node == id { other } else { one };
    let Some(limit) = constant(model, by)?.and_then(|tensor| tensor.as_uniform()) else {
        return Ok(None);
    };
    let limit = limit.cast_to_scalar::<f32>()?;
    let limits = if op.0.is::<Max>() {
        Limits {
            least: limit,
            ..Limits::NONE
        }
    } else if op.0.is::<Min>() {
        Limits {
            most: limit,
            ..Limits::NONE
        }
    } else {
        return Ok(None);
    };
    Ok(Some((next.id, limits)))
}

/// What is the same for every picture.
fn constant(model: &TypedModel, outlet: OutletId) -> TractResult<Option<Arc<Tensor>>> {
    if let Some(known) = &model.outlet_fact(outlet)?.konst {
        return Ok(Some(known.clone()));
    }
    let node = model.node(outlet.node);
    if node.inputs.is_empty() {
        return Ok(None);
    }
    let mut inputs = tvec![];
    for &input in &node.inputs {
        let Some(known) = constant(model, input)? else {
            return Ok(None);
        };
        inputs.push(known.into_tvalue());
    }
    let found = node.op.eval_out_of_plan(inputs)?;
    Ok(found.map(|mut values| values.swap_remove(outlet.slot).into_arc_tensor()))
}

/// The convolution of a node, if it is one that can be done here.
fn convolution(model: &TypedModel, node: &TypedNode) -> TractResult<Option<Convolution>> {
    let Some(conv) = node.op_as::<Conv>() else {
        return Ok(None);
    };
    let pool = &conv.pool_spec;
    let given = model.outlet_fact(node.inputs[0])?;
    let Some(&[1, channels, height, width]) = given.shape.as_concrete() else {
        return Ok(None);
    };
    let by_channel = conv.group == channels && pool.output_channels == channels;
    let plain = (conv.group == 1 || by_channel)
        && conv.q_params.is_none()
        && conv.kernel_fmt == KernelFormat::OIHW
        && pool.data_format == DataFormat::NCHW
        && pool.kernel_shape.len() == 2
        && pool.dilations().iter().all(|&far| far == 1)
        && given.datum_type == f32::datum_type();
    if !plain {
        return Ok(None);
    }
    let (Some(filters), Some(biases)) = (
        constant(model, node.inputs[1])?,
        constant(model, node.inputs[2])?,
    ) else {
        return Ok(None);
    };
    let padding = pool.computed_padding(&[height, width]);
    let strides = pool.strides();
    let path = Path {
        over: Plane { height, width },
        steps: [strides[0], strides[1]],
        before: [padding[0].pad_before, padding[1].pad_before],
        out: Plane {
            height: padding[0].convoluted,
            width: padding[1].convoluted,
        },
    };
    let filters = Filters {
        count: pool.output_channels,
        channels: channels / conv.group,
        height: pool.kernel_shape[0],
        width: pool.kernel_shape[1],
        values: values(&filters)?,
    };
    let mut biases = values(&biases)?;
    if biases.len() == 1 {
        biases = vec![biases[0]; filters.count];
    }
    let whole = filters.count * filters.channels * filters.height * filters.width;
    if filters.values.len() != whole || biases.len() != filters.count || path.out.size() == 0 {
        return Ok(None);
    }
    Ok(Some(Convolution::new(path, filters, by_channel, biases)))
}

fn values(tensor: &Tensor) -> TractResult<Vec<f32>> {
    Ok(tensor.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
}

/// What numbers are kept within.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Limits {
    least: f32,
    most: f32,
}

impl Limits {
    const NONE: Self = Self {
        least: f32::NEG_INFINITY,
        most: f32::INFINITY,
    };

    /// These, and then those.
    fn within(self, then: Self) -> Self {
        let keep = |value: f32| value.max(then.least).min(then.most);
        Self {
            least: keep(self.least),
            most: keep(self.most),
        }
    }

    /// Plain comparisons: what becomes of several numbers at once.
    fn keep(self, value: f32) -> f32 {
        let value = if value < self.least {
            self.least
        } else {
            value
        };
        if value > self.most { self.most } else { value }
    }
}

#[derive(Debug)]
struct Convolution {
    path: Path,
    way: Way,
    biases: Vec<f32>,
    limits: Limits,
}

#[derive(Debug)]
enum Way {
    Winograd(Winograd),
    Patches(Patches),
    Depthwise(Depthwise),
}

impl Convolution {
    /// By filters that see all channels, or one for each.
    fn new(path: Path, filters: Filters, by_channel: bool, biases: Vec<f32>) -> Self {
        let three = filters.height == 3 && filters.width == 3;
        let way = if by_channel {
            Way::Depthwise(Depthwise::new(filters))
        } else if three && path.steps == [1, 1] && path.before == [1, 1] && path.out == path.over {
            Way::Winograd(Winograd::new(&filters))
        } else {
            Way::Patches(Patches::new(&filters))
        };
        Self {
            path,
            way,
            biases,
            limits: Limits::NONE,
        }
    }

    fn apply(&self, given: &[f32]) -> Vec<f32> {
        let finish = |value| self.limits.keep(value);
        match &self.way {
            Way::Winograd(way) => way.apply(self.path.over, given, finish, &self.biases),
            Way::Patches(way) => way.apply(self.path, given, finish, &self.biases),
            Way::Depthwise(way) => way.apply(self.path, given, finish, &self.biases),
        }
    }
}

/// A convolution as a step of a model. It is the same step if it is the same convolution, not a like one.
#[derive(Clone, Debug)]
struct Planes(Arc<Convolution>);

impl PartialEq for Planes {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Planes {}

impl Planes {
    fn shape(&self) -> [usize; 4] {
        let Plane { height, width } = self.0.path.out;
        [1, self.0.biases.len(), height, width]
    }
}

impl Op for Planes {
    fn name(&self) -> StaticName {
        "Planes".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Planes {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let planes = self.0.apply(input.try_as_plain_ram()?.as_slice::<f32>()?);
        Ok(tvec!(
            Tensor::from_shape(&self.shape(), &planes)?.into_tvalue()
        ))
    }
}

impl TypedOp for Planes {
    as_op!();

    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(tvec!(f32::fact(self.shape())))
    }
}
